class Config:
    @property
    def value(self):
        with open("value") as file:  # caused: AW113
            return file.read()
