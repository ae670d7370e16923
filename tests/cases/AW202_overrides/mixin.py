from base import Worker


class Mixin:
    async def run(self):
        pass


class Mixed(Mixin, Worker):
    def go(self):
        self.run()  # finding: AW202
        super().stop()  # finding: AW202
        self.prepare()


def go(worker: Worker):
    worker.run()
    worker.stop()  # finding: AW202
