"""A script, in which nothing else runs."""

import pandas as pd


async def report(path):
    pd.read_csv(path).to_excel("report.xlsx")  # doubtful: AW101
