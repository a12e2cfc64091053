# signal(7), "Term": by default most signals end the process
for signal in HUP INT TERM USR1 USR2 ALRM PIPE VTALRM PROF IO PWR STKFLT {
  spawn child
  kill -$signal $!
  expect $(waitpid) == "$! killed $signal"
}
