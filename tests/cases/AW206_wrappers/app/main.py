"""Tasks that functions of the repository make for those who call them."""

from app.spawning import Scheduler, spawn, spawn_and_keep, spawn_named


async def work(): ...


class App:
    def __init__(self):
        self.scheduler = Scheduler()
        self.task = None

    async def run(self):
        spawn(work())  # finding: AW206
        spawn_named(work(), "a")  # finding: AW206
        self.scheduler.schedule(work())  # finding: AW206

    async def keep(self):
        spawn_and_keep(work())
        self.scheduler.schedule_last(work())
        self.task = spawn(work())
        await spawn(work())
        return spawn_named(work(), "a")
