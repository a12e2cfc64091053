#: # Something more informative than -EBUSY
#:
#: *"Should checkpoint fail, the container should continue execution without noticing it. If either
#: checkpoint or restart fail, there should be a way to inform the caller/user of the reason
#: (something more informative than -EBUSY)."*
def ticks() { while true { date +%s > /tmp/alive; sleep 1 } }
(spawn --pid web { ticks }; sleep infinity) | sleep infinity &
sleep 1

#: What it writes goes to somebody outside. Restarted elsewhere, it would write to nobody.
web=$(pidof web)
expect { checkpoint $web > /tmp/web } fails EBUSY
expect { checkpoint $web 2>&1 > /tmp/web } matches /holds a pipe to .*, which is outside/

#: And it goes on, unaware.
before=$(cat /tmp/alive)
sleep 2
expect $(cat /tmp/alive) > $before

#: ## A restart that fails
#:
#: An image that is cut off, or of another kernel, or has a number where there should be none: line
#: and field are told, and nothing is left of what had been made by then.
spawn --pid --uts db { while true { sleep 1 } }
checkpoint -o /tmp/db db
tasks=$(ps -e -o pid= | wc -l)
head -n 4 /tmp/db > /tmp/bad
expect { restart -i /tmp/bad 2>&1 } matches /cut off after line 4/
sed 's/"release":"6/"release":"7/' /tmp/db > /tmp/bad
expect { restart -i /tmp/bad 2>&1 } matches /line 1: release: the image is of '7/
sed 's/"pid":1,"comm"/"pid":2,"comm"/' /tmp/db > /tmp/bad
expect { restart -i /tmp/bad 2>&1 } matches /task: pid: the first task of a container is pid 1/
sed 's/dev.console/dev\/nothing/' /tmp/db > /tmp/bad
expect { restart -i /tmp/bad } fails ENOENT
expect $(ps -e -o pid= | wc -l) == $tasks

# Shows C5, C7.
