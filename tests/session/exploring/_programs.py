"""Scripts that go wrong in some orders."""

DEADLOCK = """\
semget -c 7 2
semop 0 0:+1 1:+1
spawn left { semop 0 0:-1; semop 0 1:-1; semop 0 0:+1 1:+1; exit }
spawn right { semop 0 1:-1; semop 0 0:-1; semop 0 0:+1 1:+1; exit }
wait; wait
"""
LOST_UPDATE = """\
echo 0 > /tmp/n
par {
  n=$(cat /tmp/n); echo $((n + 1)) > /tmp/n
} {
  n=$(cat /tmp/n); echo $((n + 1)) > /tmp/n
}
expect $(cat /tmp/n) == 2
"""
