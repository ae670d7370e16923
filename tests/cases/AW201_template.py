"""A template of a program, in whose place another file runs."""

# % if project.is_asynchronous
async def main():
    # % else
    # % endif
    ...


await main()
