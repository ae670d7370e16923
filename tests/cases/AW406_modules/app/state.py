"""What is kept of running tasks."""

TASKS = set()
JOBS = set()
TIMERS = set()


class Base:
    def __init__(self):
        self.tasks = set()

    async def stop(self):
        for task in self.tasks:
            task.cancel()  # finding: AW406


class Patient:
    def __init__(self):
        self.jobs = set()

    def cancel_all(self):
        for job in self.jobs:
            job.cancel()

    async def stop(self):
        for job in self.jobs:
            job.cancel()
