"""A session with a PostgreSQL server over psql, kept open."""

import subprocess


class Gone(Exception):
    """The server hung up."""


class Session:
    END = "-- that is all"

    def __init__(self, url, name):
        self.url, self.name, self.process = url, name, None

    def ask(self, sql):
        """Runs SQL text; @return its lines, an error's among them. A new session is begun where one was lost."""
        if self.process is None:
            self.process = subprocess.Popen(
                ["psql", "-X", "-A", "-t", "-q", "-d", f"{self.url}&application_name={self.name}"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = []
        try:
            self.process.stdin.write(f"{sql};\n\\echo {self.END}\n")
            self.process.stdin.flush()
            for line in self.process.stdout:
                if line.strip() == self.END:
                    return lines
                lines.append(line.strip())
        except BrokenPipeError:
            pass
        self.close()
        raise Gone(" ".join(lines))

    def close(self):
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None
