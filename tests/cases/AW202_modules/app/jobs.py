__all__ = ["run_job", "Job"]


async def run_job(name):
    pass


async def _hidden():
    pass


class Job:
    @classmethod
    async def create(cls):
        return cls()

    @staticmethod
    async def purge():
        pass

    async def start(self):
        pass
