"""The Python community's SDK of Alipay (python-alipay-sdk) as a merchant of our sandbox, and as Alipay towards our callback.

python alipay.py ACT, with what the act needs as JSON on stdin; it prints what came of it as JSON. The SDK verifies every answer
over its raw bytes and raises what it does not believe.
"""

import json
import sys
from urllib.parse import parse_qsl, urlencode

# The script has the package's own name: without its folder on the path, the package is found.
sys.path.pop(0)
from alipay import AliPay  # noqa: E402
from alipay.exceptions import AliPayValidationError  # noqa: E402

given = json.load(sys.stdin)
keys = given["keys"]


def merchant(**more):
    settings = {
        "appid": keys["app_id"],
        "app_notify_url": given.get("notify_url"),
        "app_private_key_string": keys["app_private_key"],
        "alipay_public_key_string": keys["alipay_public_key"],
    }
    sdk = AliPay(**{**settings, **more})
    sdk._gateway = f"{given.get('base_url')}/gateway.do"
    return sdk


def trade():
    """An order is placed, paid elsewhere when `paid` says so, asked about, refunded."""
    sdk = merchant()
    if not given.get("paid"):
        placed = sdk.api_alipay_trade_precreate("2026-2027采暖季 供热费", "PYTHON_0001", "2238.00")
        assert placed["code"] == "10000", placed
        unknown = sdk.api_alipay_trade_query(out_trade_no="PYTHON_0001")
        assert unknown["sub_code"] == "ACQ.TRADE_NOT_EXIST", unknown
        return {"qr_code": placed["qr_code"]}
    found = sdk.api_alipay_trade_query(out_trade_no="PYTHON_0001")
    assert found["trade_status"] == "TRADE_SUCCESS", found
    refund = sdk.api_alipay_trade_refund("8.00", out_trade_no="PYTHON_0001", out_request_no="R_0001")
    assert (refund["fund_change"], refund["refund_fee"]) == ("Y", "8.00"), refund
    asked = sdk.api_alipay_trade_fastpay_refund_query("R_0001", out_trade_no="PYTHON_0001")
    assert asked["refund_status"] == "REFUND_SUCCESS", asked
    stranger = merchant(alipay_public_key_string=keys["app_public_key"])
    try:
        stranger.api_alipay_trade_query(out_trade_no="PYTHON_0001")
    except AliPayValidationError:
        return found
    raise AssertionError("an answer that another signed was believed")


def read():
    """Whether the SDK believes each of these notifications."""
    believed = []
    for form in given["notifications"]:
        parameters = dict(parse_qsl(form, keep_blank_values=True))
        believed.append(merchant().verify(parameters, parameters.pop("sign")))
    return believed


def write():
    """A notification as Alipay signs it: with its own key, over the values without `sign` and `sign_type`."""
    alipay = merchant(app_private_key_string=keys["alipay_private_key"])
    items = sorted(given["parameters"].items())
    sign = alipay._sign("&".join(f"{name}={value}" for name, value in items))
    return {"form": urlencode(items + [("sign_type", "RSA2"), ("sign", sign)])}


print(json.dumps({"trade": trade, "read": read, "write": write}[sys.argv[1]]()))
