class Config:
    @property
    def value(self):
        return 1
