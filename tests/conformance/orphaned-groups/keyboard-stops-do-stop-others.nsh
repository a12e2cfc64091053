# signal(7): a group with a link in its session is stopped by SIGTSTP, SIGTTIN and SIGTTOU
spawn leader
leader { setsid; spawn member }
member setpgid 0 0
for signal in TSTP TTIN TTOU {
  kill -$signal member
  expect $(leader waitpid --untraced) == "3 stopped $signal"
  kill -CONT member
}
