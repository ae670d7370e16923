async def fills(source, other):
    found = []
    async for item in source:
        found.append(item)  # finding: AW306
    names: set[str] = set()
    async for item in source:
        if item.active:
            names.add(item.name)  # finding: AW306
    by_name = {}
    async for name, item in source.pairs():
        by_name[name] = await other.load(item)  # finding: AW306
    pairs = []
    async for item in source:
        pairs.append((item, item.name))  # finding: AW306
    return found, names, by_name, pairs


async def does_more(source, found, log):
    async for item in source:
        found.append(item)
    more = []
    async for item in source:
        more.append(item)
        log(item)
    seen = []
    async for item in source:
        if item not in seen:
            seen.append(item)
    last = []
    async for item in source:
        last.append(item.name)
    log(item)
    first = []
    async for item in source:
        first.append(item)
        if len(first) > 3:
            break
    chosen = []
    async for item in source:
        if item.good:
            chosen.append(item)
        else:
            log(item)
    started = ["head"]
    async for item in source:
        started.append(item)
    for item in found:
        more.append(item)
    return more, seen, last, first, chosen, started


async def keeps_what_it_got(source, log):
    try:
        found = []
        async for item in source:
            found.append(item)
    except ConnectionError:
        log(found)
    return found


async def elsewhere(source, log):
    found = []
    log(found)
    async for item in source:
        found.append(item)
    return found
