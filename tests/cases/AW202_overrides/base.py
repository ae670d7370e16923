class Worker:
    async def run(self):
        pass

    async def stop(self):
        pass

    def start(self):
        self.run()
        self.stop()  # finding: AW202

    def prepare(self):
        raise NotImplementedError


class Threaded(Worker):
    def run(self):
        pass
