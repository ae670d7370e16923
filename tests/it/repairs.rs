//! The repairs that comments offer with a click: what each makes of the code, and that its finding is gone then.

use asyncwarden::analysis::{Analysis, check_tree, replaced};
use asyncwarden::change::MemoryTree;
use asyncwarden::policy::{Policy, PythonVersion};

/// The rule, the code that it is found in, and the code behind the repair.
const REPAIRS: &[(&str, &str, &str)] = &[
    (
        "AW202",
        "async def send(): ...\n\nasync def main():\n    send()\n",
        "async def send(): ...\n\nasync def main():\n    await send()\n",
    ),
    (
        "AW203",
        "import asyncio\n\nasync def main(): ...\n\nasyncio.get_event_loop().run_until_complete(main())\n",
        "import asyncio\n\nasync def main(): ...\n\nasyncio.run(main())\n",
    ),
    (
        "AW203",
        "import asyncio\n\nasync def main(): ...\n\ndef start():\n    loop = asyncio.new_event_loop()\n    asyncio.set_event_loop(loop)\n    try:\n        return loop.run_until_complete(main())\n    finally:\n        loop.close()\n",
        "import asyncio\n\nasync def main(): ...\n\ndef start():\n    return asyncio.run(main())\n",
    ),
    (
        "AW205",
        "import asyncio\n\nasync def work(): ...\n\nasync def main():\n    task = asyncio.ensure_future(work())\n    await task\n",
        "import asyncio\n\nasync def work(): ...\n\nasync def main():\n    task = asyncio.create_task(work(), name=\"work\")\n    await task\n",
    ),
    (
        "AW206",
        "import asyncio\n\nasync def work(): ...\n\nasync def main():\n    async with asyncio.TaskGroup() as group:\n        group.create_task(work())\n        asyncio.create_task(work())\n",
        "import asyncio\n\nasync def work(): ...\n\nasync def main():\n    async with asyncio.TaskGroup() as group:\n        group.create_task(work())\n        group.create_task(work())\n",
    ),
    (
        "AW206",
        "import asyncio\n\nTASKS = set()\n\nasync def work(): ...\n\nasync def keeps():\n    task = asyncio.create_task(work())\n    TASKS.add(task)\n    task.add_done_callback(TASKS.discard)\n\nasync def main():\n    asyncio.create_task(work())\n",
        "import asyncio\n\nTASKS = set()\n\nasync def work(): ...\n\nasync def keeps():\n    task = asyncio.create_task(work())\n    TASKS.add(task)\n    task.add_done_callback(TASKS.discard)\n\nasync def main():\n    task = asyncio.create_task(work())\n    TASKS.add(task)\n    task.add_done_callback(TASKS.discard)\n",
    ),
    (
        "AW207",
        "import asyncio\n\nasync def work(): ...\n\nasync def main():\n    await asyncio.create_task(work())\n",
        "import asyncio\n\nasync def work(): ...\n\nasync def main():\n    await asyncio.create_task(work(), name=\"work\")\n",
    ),
    (
        "AW213",
        "import asyncio\nimport logging\n\nasync def main():\n    try:\n        await asyncio.sleep(1)\n    except asyncio.CancelledError:\n        logging.info(\"cancelled\")\n    await asyncio.sleep(2)\n",
        "import asyncio\nimport logging\n\nasync def main():\n    try:\n        await asyncio.sleep(1)\n    except asyncio.CancelledError:\n        logging.info(\"cancelled\")\n        raise\n    await asyncio.sleep(2)\n",
    ),
    (
        "AW216",
        "import asyncio\nimport logging\n\nasync def main():\n    try:\n        await asyncio.sleep(1)\n    except BaseException:\n        logging.exception(\"failed\")\n    await asyncio.sleep(2)\n",
        "import asyncio\nimport logging\n\nasync def main():\n    try:\n        await asyncio.sleep(1)\n    except Exception:\n        logging.exception(\"failed\")\n    await asyncio.sleep(2)\n",
    ),
    (
        "AW217",
        "import asyncio\n\nasync def main():\n    return asyncio.get_event_loop().time()\n",
        "import asyncio\n\nasync def main():\n    return asyncio.get_running_loop().time()\n",
    ),
    (
        "AW301",
        "import aiohttp\n\nasync def fetch(url):\n    session = aiohttp.ClientSession()  # ours\n    reply = await session.get(url)\n    text = await reply.text()\n    await session.close()\n    return text\n",
        "import aiohttp\n\nasync def fetch(url):\n    async with aiohttp.ClientSession() as session:  # ours\n        reply = await session.get(url)\n        text = await reply.text()\n    return text\n",
    ),
    (
        "AW301",
        "import asyncpg\n\nasync def count(dsn):\n    connection = await asyncpg.connect(dsn)\n    return await connection.fetchval(\"\"\"\nSELECT 1\n\"\"\")\n",
        "import asyncpg\n\nasync def count(dsn):\n    connection = await asyncpg.connect(dsn)\n    try:\n        return await connection.fetchval(\"\"\"\nSELECT 1\n\"\"\")\n    finally:\n        await connection.close()\n",
    ),
    (
        "AW301",
        "import httpx\n\nasync def status(url):\n    return (await httpx.AsyncClient().get(url)).status_code\n",
        "import httpx\n\nasync def status(url):\n    async with httpx.AsyncClient() as client:\n        return (await client.get(url)).status_code\n",
    ),
    (
        "AW306",
        "async def rows():\n    yield 1\n\nasync def main():\n    found = []\n    async for row in rows():\n        found.append(row)\n    return found\n",
        "async def rows():\n    yield 1\n\nasync def main():\n    found = [row async for row in rows()]\n    return found\n",
    ),
    (
        "AW406",
        "import asyncio\n\nclass Service:\n    def __init__(self):\n        self.tasks = []\n\n    def start(self):\n        self.tasks.append(asyncio.create_task(self.work()))\n\n    async def work(self): ...\n\n    async def stop(self):\n        for task in self.tasks:\n            task.cancel()\n",
        "import asyncio\n\nclass Service:\n    def __init__(self):\n        self.tasks = []\n\n    def start(self):\n        self.tasks.append(asyncio.create_task(self.work()))\n\n    async def work(self): ...\n\n    async def stop(self):\n        for task in self.tasks:\n            task.cancel()\n        await asyncio.gather(*self.tasks, return_exceptions=True)\n",
    ),
    (
        "AW501",
        "import time\n\nasync def main():\n    time.sleep(1)\n",
        "import asyncio\nimport time\n\nasync def main():\n    await asyncio.sleep(1)\n",
    ),
    (
        "AW601",
        "import aiohttp\n\nasync def fetch(urls):\n    for url in urls:\n        async with aiohttp.ClientSession() as session:\n            async with session.get(url) as reply:\n                print(await reply.text())\n",
        "import aiohttp\n\nasync def fetch(urls):\n    async with aiohttp.ClientSession() as session:\n        for url in urls:\n            async with session.get(url) as reply:\n                print(await reply.text())\n",
    ),
    (
        "AW706",
        "import asyncio\n\nclass Inbox:\n    def __init__(self):\n        self.items = asyncio.Queue()\n\n    async def consume(self):\n        while True:\n            print(await self.items.get())\n\n    async def produce(self, source):\n        while True:\n            await self.items.put(await source.next())\n",
        "import asyncio\n\nclass Inbox:\n    def __init__(self):\n        self.items = asyncio.Queue(maxsize=100)\n\n    async def consume(self):\n        while True:\n            print(await self.items.get())\n\n    async def produce(self, source):\n        while True:\n            await self.items.put(await source.next())\n",
    ),
];

/// Code with a finding that must not be repaired by a click, and why.
const NOT_REPAIRED: &[(&str, &str, &str)] = &[
    (
        "AW301",
        "the answer is read by the caller",
        "import aiohttp\n\nasync def fetch(url):\n    session = aiohttp.ClientSession()\n    return await session.get(url)\n",
    ),
    (
        "AW301",
        "a task goes on with it",
        "import asyncio\nimport aiohttp\n\nasync def get(session, url):\n    await session.get(url)\n\nasync def fetch(url):\n    session = aiohttp.ClientSession()\n    task = asyncio.create_task(get(session, url))\n    return task\n",
    ),
    (
        "AW301",
        "it is read behind the block",
        "import aiohttp\n\nasync def fetch(url, fresh):\n    if fresh:\n        session = aiohttp.ClientSession()\n        reply = await session.get(url)\n    return await reply.text()\n",
    ),
    (
        "AW203",
        "the loop is needed afterwards",
        "import asyncio\n\nasync def main(): ...\n\nloop = asyncio.get_event_loop()\nloop.run_until_complete(main())\nprint(loop.time())\n",
    ),
    (
        "AW203",
        "there are two",
        "import asyncio\n\nasync def main(): ...\n\nasyncio.get_event_loop().run_until_complete(main())\nasyncio.get_event_loop().run_until_complete(main())\n",
    ),
    (
        "AW601",
        "something else is in the loop's body",
        "import aiohttp\n\nasync def fetch(urls):\n    for url in urls:\n        print(url)\n        async with aiohttp.ClientSession() as session:\n            await session.get(url)\n",
    ),
];

const PATH: &str = "app/module.py";

fn checked(code: &str) -> Analysis {
    let tree: MemoryTree = [(PATH, code.as_bytes())].into_iter().collect();
    let policy = Policy { target: PythonVersion(3, 11), ..Policy::default() };
    check_tree(&tree, &[PATH.to_owned()], &policy)
}

fn count(analysis: &Analysis, rule: &str) -> usize {
    analysis.findings.iter().filter(|it| it.rule.code == rule).count()
}

/// What is wrong with a repair; `None` when it is as expected.
fn wrong(rule: &str, before: &str, expected: &str) -> Option<String> {
    let analysis = checked(before);
    let mut found = analysis.findings.iter().filter(|it| it.rule.code == rule);
    let Some(fix) = found.find_map(|it| it.fix.as_ref()) else {
        return Some(format!("{rule} offers none for\n{before}\n{:#?}", analysis.findings));
    };
    let edits = fix.edits.iter().map(|it| (it.start_byte..it.end_byte, &it.replacement));
    let after = String::from_utf8(replaced(before.as_bytes(), edits).unwrap()).unwrap();
    let gone = count(&checked(&after), rule) + 1 == count(&analysis, rule);
    (after != expected || !gone).then(|| format!("{rule} makes (gone: {gone})\n{after}"))
}

#[test]
fn each_rule_that_can_be_repaired_with_a_click_is() {
    let wrong = REPAIRS.iter().filter_map(|(rule, before, after)| wrong(rule, before, after));
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_repair_could_break_is_only_told() {
    for (rule, why, code) in NOT_REPAIRED {
        let analysis = checked(code);
        assert!(count(&analysis, rule) > 0, "{rule}: {why}\n{code}");
        let fixes = analysis.findings.iter().filter(|it| it.rule.code == *rule);
        let fixes: Vec<_> = fixes.filter_map(|it| it.fix.as_ref()).collect();
        assert!(fixes.is_empty(), "{rule}: {why}\n{fixes:#?}");
    }
}
