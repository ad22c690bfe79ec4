"""Checks template.yaml without a network and without an account.

Lints it as written, transforms it as CloudFormation would, lints the result (only there do dangling references show), and
looks at the result for what no linter knows: every function has its own role, and every queue it reads has a dead-letter
queue. Run by `make lint-template` in the environment of tools/requirements-sam.txt.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "template.yaml"
TRANSFORMED = ROOT / "target" / "template" / "transformed.json"
BIN = Path(sys.executable).parent
# Where it is meant to run (partition aws-cn), and one region of partition aws.
REGIONS = ["cn-north-1", "cn-northwest-1", "ap-southeast-1"]

os.environ.setdefault("AWS_DEFAULT_REGION", REGIONS[0])
os.environ.setdefault("SAM_CLI_TELEMETRY", "0")

from samcli.yamlhelper import yaml_parse  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402


class NoManagedPolicies:
    """The template names no managed policy, so there is none to look up."""

    def load(self):
        return {}


def transformed():
    """The CloudFormation template that SAM makes of ours, as plain data."""
    template = json.loads(json.dumps(yaml_parse(TEMPLATE.read_text(encoding="utf-8"))))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # `sam build` and `sam deploy` put the bucket's address in place of the folder.
            resource["Properties"]["CodeUri"] = {"Bucket": "code", "Key": resource["Properties"]["CodeUri"]}
    return transform(template, {}, NoManagedPolicies())


def mistakes(template):
    """What is wrong with the wiring of the transformed template, a line each."""
    resources = template["Resources"]

    def of_type(kind):
        return {name: r["Properties"] for name, r in resources.items() if r["Type"] == kind}

    functions, roles = of_type("AWS::Lambda::Function"), of_type("AWS::IAM::Role")
    queues, sources = of_type("AWS::SQS::Queue"), of_type("AWS::Lambda::EventSourceMapping")
    if not functions:
        yield "there is no function"

    taken = {}
    for name, function in functions.items():
        role = (function["Role"].get("Fn::GetAtt") or [None])[0]
        if role not in roles:
            yield f"{name}: its role {role} is not in the template"
        elif role in taken:
            yield f"{name}: shares the role {role} with {taken[role]}"
        else:
            taken[role] = name
            yield from too_wide(name, roles[role])

    for name, source in sources.items():
        queue = source["EventSourceArn"]["Fn::GetAtt"][0]
        if source["FunctionName"]["Ref"] not in functions:
            yield f"{name}: its function is not in the template"
        if queue not in queues:
            yield f"{name}: its queue {queue} is not in the template"
            continue
        dead_letter = queues[queue].get("RedrivePolicy", {}).get("deadLetterTargetArn", {}).get("Fn::GetAtt", [None])[0]
        if dead_letter not in queues:
            yield f"{queue}: has no dead-letter queue"
        if source.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name}: one bad message would bring back the whole batch"

    driven = {s["FunctionName"]["Ref"] for s in sources.values()}
    called = {p["FunctionName"]["Ref"] for p in of_type("AWS::Lambda::Permission").values()}
    timed = {s["Target"]["Arn"]["Fn::GetAtt"][0] for s in of_type("AWS::Scheduler::Schedule").values()}
    for name in functions.keys() - driven - called - timed:
        yield f"{name}: nothing calls it"
    yield from unlimited(of_type("AWS::ApiGatewayV2::Api"), of_type("AWS::ApiGatewayV2::Stage"))


# What anybody may call and what costs us: an SMS, a call to WeChat.
LIMITED = {"POST /api/session/sms-codes", "POST /api/session/weixin"}


def unlimited(apis, stages):
    """Routes that should have a limit of their own and have none, and limits of routes that are not there."""
    routes = {
        f"{method.upper()} {path}"
        for api in apis.values()
        for path, item in api["Body"]["paths"].items()
        for method in item
    }
    for name, stage in stages.items():
        limits = stage.get("RouteSettings", {})
        for route in limits.keys() - routes:
            yield f"{name}: limits {route}, which is not there"
        for route in LIMITED:
            if not {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= limits.get(route, {}).keys():
                yield f"{name}: {route} has no limit of its own"


# Writing logs and traces; neither reads anything of ours.
LOGS_AND_TRACES = ("AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess")


def too_wide(name, role):
    """Permissions that name no exact verb or no exact resource."""
    for arn in role.get("ManagedPolicyArns", []):
        if not str(arn).endswith(LOGS_AND_TRACES):
            yield f"{name}: has the managed policy {arn}"
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            if "*" in json.dumps(statement["Action"]):
                yield f"{name}: {statement['Action']} is not an exact verb"
            if statement["Resource"] == "*":
                yield f"{name}: {statement['Action']} is for any resource"


def run(*command):
    print("+", " ".join(str(part) for part in command), flush=True)
    if subprocess.run(command, cwd=ROOT).returncode:
        sys.exit(f"{Path(command[0]).name} is not content with the template")


def main():
    run(BIN / "sam", "validate", "--lint", "--template", TEMPLATE)
    run(BIN / "cfn-lint", "--regions", *REGIONS, "--", TEMPLATE)
    template = transformed()
    TRANSFORMED.parent.mkdir(parents=True, exist_ok=True)
    TRANSFORMED.write_text(json.dumps(template, indent=1, ensure_ascii=False), encoding="utf-8")
    found = list(mistakes(template))
    for line in found:
        print(line, file=sys.stderr)
    if found:
        sys.exit(f"{len(found)} mistakes in the transformed template")
    # SAM writes a parameter's value in place of some references (W2001: parameter not used).
    run(BIN / "cfn-lint", "--regions", *REGIONS, "--ignore-checks", "W2001", "--", TRANSFORMED)
    counted = [r["Type"] for r in template["Resources"].values()]
    print(f"template.yaml is sound: {len(counted)} resources, {counted.count('AWS::Lambda::Function')} functions")


if __name__ == "__main__":
    main()
