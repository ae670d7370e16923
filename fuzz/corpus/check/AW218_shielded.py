"""A shield around all of the clean-up."""

import anyio


async def handle(environment, store):
    async with anyio.create_task_group() as group:
        try:
            await environment.run(group)
        finally:
            with anyio.CancelScope(shield=True):
                try:
                    await environment.leave()
                finally:
                    with anyio.move_on_after(5):
                        await store.flush()
                    await store.dispose()


async def handle_for_a_while(environment, store):
    with anyio.move_on_after(5, shield=True):
        try:
            await environment.run()
        finally:
            await store.dispose()  # finding: AW218


async def handle_openly(environment, store):
    async with anyio.create_task_group() as group:
        try:
            await environment.run(group)
        finally:
            await store.dispose()  # finding: AW218


async def tells_that_it_has_ended(server, ended):
    try:
        await server.run()
    finally:
        await ended.set()
