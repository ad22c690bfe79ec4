"""Runs schemathesis against the suite on this machine.

Starts `heatpay run` on a free port with a data folder of its own, signs a resident in who has bound a household and paid one
of its bills, and hands schemathesis his token. Run by `make test-api` in the environment of tools/requirements-schemathesis.txt;
the argument is the program to start.
"""

import base64
import hashlib
import hmac
import json
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
BIN = Path(sys.executable).parent
# For the suite's first start, and for each thing that happens in the background.
PATIENCE_S = 120


class Suite:
    """The suite in a process of its own, which ends with it."""

    def __init__(self, program, folder):
        command = [program, "run", "--port", "0", "--data", str(folder)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.url = None
        for line in self.process.stdout:
            print("  " + line.rstrip().replace("\r", "").replace("\x1b[K", ""))
            words = line.split()
            if words[:1] == ["API"]:
                self.url = words[1].removesuffix("/api/")
            if words[:1] == ["stop"]:
                return
        sys.exit(f"the suite did not start: {program} ended with {self.process.wait()}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def call(self, method, path, body=None, token=None, key=None):
        headers = {"content-type": "application/json"} if body is not None else {}
        if token:
            headers["authorization"] = f"Bearer {token}"
        if key:
            headers["idempotency-key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode()}")

    def until(self, what, ask):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            found = ask()
            if found:
                return found
            time.sleep(0.1)
        sys.exit(f"waited in vain for {what}")


def token_of_somebody(suite):
    code = suite.call("POST", "/sandbox/api/weixin/login-codes", {})["code"]
    return suite.call("POST", "/api/session/weixin", {"code": code})["access_token"]


def totp(secret):
    """The code an authenticator shows now (RFC 6238)."""
    tag = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = tag[-1] & 0xF
    return f"{(struct.unpack('>I', tag[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def enrolled(suite, invited):
    """Somebody of staff who was told his code comes in."""
    shown = {"login_name": invited["staff"]["login_name"], "enrolment_code": invited["enrolment_code"]}
    paired = suite.call("POST", "/api/staff/enrolment", shown | {"password": "a long sentence nobody guesses"})
    shown["totp_code"] = totp(paired["totp_secret"])
    return suite.call("POST", "/api/staff/enrolment/confirmation", shown)


def staff(suite, data):
    """Somebody with every role, and somebody to be changed, as schemathesis is told of them."""
    secret = json.loads((data / "secrets" / "first-administrator.json").read_text())["code"]
    wanted = {"secret": secret, "login_name": "admin", "name": "王建国"}
    first = enrolled(suite, suite.call("POST", "/api/staff/first-administrator", wanted))

    def enter(name, roles):
        rights = {"name": "林晓晨", "roles": roles, "branches": "all"}
        body = {"login_name": name, "rights": rights}
        return suite.call("POST", "/api/staff/members", body, first["access_token"])

    roles = ["administrator", "billing", "cashier", "finance", "service_desk", "repair", "viewer"]
    everything = enrolled(suite, enter("everything", roles))
    return {"STAFF_TOKEN": everything["access_token"], "STAFF_NO": enter("somebody", ["viewer"])["staff"]["staff_no"]}


def signed_in(suite):
    """A resident with a bound household, a paid payment and its invoice, as schemathesis is told of him."""
    token = token_of_somebody(suite)
    first, second = suite.call("GET", "/sandbox/api/households?owing=true&limit=2")["households"]
    for household in (first, second):
        proof = {"account_no": household["account_no"], "holder": household["holder"], "last4": household["phone_last4"]}
        token = suite.call("POST", "/api/households", proof, token)["access_token"]

    account = second["account_no"]
    bills = suite.call("GET", f"/api/households/{account}/home", token=token)["bills"]
    order = {
        "account_no": account,
        "bill_nos": [bill["bill_no"] for bill in bills if bill["due"]["total_fen"] > 0],
        "channel": "wechatpay",
        "scene": "jsapi",
        "invoice_title": {"name": second["holder"]},
    }
    payment = suite.call("POST", "/api/payments", order, token, key="before-the-test")
    suite.call("POST", "/sandbox/api/wechatpay/pay", {"client_parameters": payment["client_parameters"]})
    number = payment["payment_no"]
    path = f"/api/payments/{number}"
    suite.until("the payment", lambda: suite.call("GET", path, token=token)["status"] == "paid")

    def issued():
        items = suite.call("GET", f"/api/households/{account}/invoices", token=token)["items"]
        return next((item["invoice_no"] for item in items if item["status"] == "issued"), None)

    return {
        "TOKEN": token,
        "LEAVING_TOKEN": token_of_somebody(suite),
        "OWING_ACCOUNT_NO": first["account_no"],
        "PAID_ACCOUNT_NO": account,
        "OWED_BILL_NO": suite.call("GET", f"/api/households/{first['account_no']}/home", token=token)["bills"][0]["bill_no"],
        "PAID_BILL_NO": bills[0]["bill_no"],
        "PAYMENT_NO": number,
        "INVOICE_NO": suite.until("the invoice", issued),
    }


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="heatpay-api-") as folder:
        suite = Suite(program, Path(folder) / "data")
        try:
            told = signed_in(suite) | staff(suite, Path(folder) / "data") | {"HOOKS": str(TOOLS / "schemathesis_hooks.py")}
            settings = Path(folder) / "schemathesis.toml"
            settings.write_text(Template((TOOLS / "schemathesis.toml").read_text()).safe_substitute(told))
            command = [BIN / "schemathesis", "--config-file", settings]
            command += ["run", ROOT / "docs" / "openapi.json", "--url", suite.url, *sys.argv[2:]]
            # What schemathesis keeps of a run stays in the folder that goes away.
            done = subprocess.run(command, cwd=folder)
        finally:
            suite.stop()
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
