"""A client of the WebSocket. Every message that it gets is held against openapi.yaml."""
import json
import time

import websocket

import contract

PATIENCE = 60  # Seconds: of a loaded machine.

# Registered since, and unknown to some versions of the library: try again later.
websocket._abnf.VALID_CLOSE_STATUS = (*websocket._abnf.VALID_CLOSE_STATUS, 1013)


class Live:
    def __init__(self, port, token=None, after=None, first=None, headers=None, sockopt=(), path="/api/events"):
        """token: in the header; first: the first message, as a value."""
        self.schema = {"/api/events": "LiveMessage", "/api/users/events": "LiveUsersMessage"}[path]
        fields = dict(headers or {})
        if token:
            fields["Authorization"] = "Bearer " + token
        query = f"?after={after}" if after else ""
        self.socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}{path}{query}", timeout=PATIENCE, sockopt=sockopt, skip_utf8_validation=False,
            header=[f"{name}: {value}" for name, value in fields.items()])
        self.greeting = None
        if first is not None:
            self.say(json.dumps(first))

    def say(self, text):
        self.socket.send(text)

    def receive(self):
        """(message, None), or (None, the code of its close); 1006: it broke off. Answers pings."""
        end = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < end:
                kind, data = self.socket.recv_data(control_frame=True)
                if kind == websocket.ABNF.OPCODE_TEXT:
                    message = json.loads(data)
                    contract.check_message(message, self.schema)
                    return message, None
                if kind == websocket.ABNF.OPCODE_CLOSE:
                    return None, int.from_bytes(data[:2], "big") if data else 1005
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            return None, 1006
        raise AssertionError("nothing but pings came")

    def next(self, *types):
        """The next message, of these types if any are named."""
        while True:
            message, code = self.receive()
            if message is None:
                raise AssertionError(f"it was closed with {code}")
            if not types or message["type"] in types:
                return message

    def greeted(self):
        """Itself, once it will hear of everything."""
        self.greeting = self.next("hello", "resync")
        return self

    def place(self, message):
        """Where another may go on behind the message."""
        return f"{self.greeting['epoch']}.{message['seq']}"

    def end(self):
        """The code of its close, whatever comes before."""
        while True:
            message, code = self.receive()
            if message is None:
                return code

    def close(self):
        self.socket.close()
        self.socket.shutdown()
