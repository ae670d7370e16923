"""Clean-up that only `except Exception` does."""

import asyncio
import contextlib


class Connection:
    def __init__(self, pool, stream):
        self.pool = pool
        self.stream = stream
        self.peer = None

    async def execute(self, connection, query):
        try:
            return await connection.execute(query)
        except Exception:  # finding: AW220
            await connection.rollback()
            raise

    async def connect(self, work):
        try:
            await work
        except Exception as error:  # finding: AW220
            self.peer = None
            raise RuntimeError("not connected") from error

    async def several(self, work):
        try:
            await work
        except ValueError:
            return None
        except (Exception, KeyboardInterrupt):  # finding: AW220
            self.stream.close()
            raise

    @contextlib.asynccontextmanager
    async def session(self, make):
        session = make()
        try:
            yield session
            await session.commit()
        except Exception:  # finding: AW220
            await session.rollback()
            raise

    async def everything(self, work):
        try:
            await work
        except BaseException:
            self.stream.abort()
            raise

    async def cancelled(self, work):
        try:
            await work
        except asyncio.CancelledError:
            self.stream.abort()
            raise
        except Exception:
            self.stream.abort()
            raise

    async def finally_too(self, work):
        try:
            await work
        except Exception:
            self.stream.close()
            raise
        finally:
            self.stream.close()

    async def only_says(self, work, log):
        try:
            await work
        except Exception:
            log.error("failed")
            raise

    async def goes_on(self, work):
        try:
            await work
        except Exception:
            self.stream.abort()

    def waits_for_nothing(self, work):
        try:
            work()
        except Exception:
            self.stream.abort()
            raise

    async def awaits_nothing(self, work):
        try:
            work()
        except Exception:
            self.stream.abort()
            raise

    async def narrow(self, work):
        try:
            await work
        except OSError:
            self.stream.abort()
            raise
