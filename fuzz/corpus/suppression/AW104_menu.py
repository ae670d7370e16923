"""Menus at a terminal, and processes that have ended."""

import asyncio
import subprocess


class Shell:
    async def menu(self):
        while True:
            choice = input("what? ")  # doubtful: AW104
            if choice == "name":
                self.name = input("name: ")  # doubtful: AW104
            else:
                await asyncio.create_task(self.run(choice))

    async def run(self, command):
        self.process = subprocess.Popen(command)  # finding: AW104
        await asyncio.sleep(0.5)
        if self.process.poll() is not None:
            output, _ = self.process.communicate()  # doubtful: AW104
            return output
        output, _ = self.process.communicate()  # finding: AW104
        return output

    async def confirm(self):
        await asyncio.create_task(self.run("ls"))
        return input("sure? ") == "y"  # finding: AW104
