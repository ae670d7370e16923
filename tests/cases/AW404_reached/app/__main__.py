from app.begin import Program, begin

begin()
Program().go()
