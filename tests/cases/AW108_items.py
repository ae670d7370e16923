"""Items that a thread puts into a container, or takes out, in one step."""

import threading


class Servers:
    def __init__(self):
        self.warm = []
        self.beats = {}
        self.served = 0
        threading.Thread(target=self.warm_up).start()

    def warm_up(self):
        self.warm.append("server")  # doubtful: AW108
        del self.beats["old"]  # finding: AW108
        self.served += 1  # finding: AW108

    async def take(self):
        if self.warm:
            return self.warm[-1]

    async def count(self):
        for name in self.beats.values():
            print(name, self.served)
