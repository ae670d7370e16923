"""What the service is told by its environment."""

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    database: str
    suppliers: list[str] = field(default_factory=list)
    bucket: str = "tariffs"
    workers: int = 4
    every: float = 300.0

    @classmethod
    def from_environment(cls) -> "Settings":
        return cls(
            database=os.environ["TARIFFS_DATABASE"],
            suppliers=os.environ["TARIFFS_SUPPLIERS"].split(","),
            bucket=os.environ.get("TARIFFS_BUCKET", "tariffs"),
        )
