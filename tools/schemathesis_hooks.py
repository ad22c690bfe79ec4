"""What schemathesis is told beside its configuration."""

import schemathesis


def whole(value):
    """JSON Schema takes 2006.0 for an integer. Our clients' JSON writers never write one so, and money is never read as a float."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {name: whole(item) for name, item in value.items()}
    return value


@schemathesis.hook
def map_body(context, body):
    return whole(body)
