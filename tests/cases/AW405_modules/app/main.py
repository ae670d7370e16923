from app.worker import Forgotten, Worker


async def main(stop):
    worker, forgotten = Worker(), Forgotten()
    await stop.wait()
    worker.task.cancel()
    await worker.task
