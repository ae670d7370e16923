"""A part of a program, in which others wait."""

import pandas as pd


async def report(path):
    pd.read_csv(path).to_excel("report.xlsx")  # finding: AW101
