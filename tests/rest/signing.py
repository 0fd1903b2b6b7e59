"""How a provider signs what it sends to the webhook."""
import hashlib
import hmac
import time

SECRET = "a-provider-s-secret-of-the-tests"


def headers(body, secret=SECRET, at=None):
    """Of a request with this body (bytes), sent at this Unix time."""
    timestamp = str(int(time.time() if at is None else at))
    signature = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Callqueue-Timestamp": timestamp, "X-Callqueue-Signature": "sha256=" + signature}
