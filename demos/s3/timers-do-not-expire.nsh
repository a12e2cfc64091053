#: # A restart a thousand seconds later
#:
#: *"keep the monotonic timers from expiring when you restart … required for C/R but will only make
#: sense in "close" environment"*: a program has set a timer, sleeps, and reads clocks. Then it is
#: an image for a thousand seconds.
spawn --pid --time web {
    spawn waiter { clock > /tmp/clock; clock --until 30; clock > /tmp/clock; sleep infinity }
    trap USR1 { echo tick >> /tmp/ticks }
    timer create -c monotonic -s USR1
    timer settime 0 10 10
    sleep infinity
}
echo > /tmp/ticks
sleep 5

#: What would be saved can be asked beforehand, and what is in the way: nothing is. Of the timer,
#: the image has what is left of its time, and of the time namespace what its clocks showed.
checkpoint --dry-run web
checkpoint -k -o /tmp/web web
expect { grep '"object":"timers"' /tmp/web } matches /"remaining":4\d{9},"interval":10{10}/
expect { grep '"object":"clocks"' /tmp/web } matches /"monotonic":5\d{9}/
sleep 1000

#: So it does not go off at once, nor a hundred times: it has five seconds to go.
restart -i /tmp/web
sleep 4
expect { grep -c tick /tmp/ticks || true } prints 0
sleep 2
expect { grep -c tick /tmp/ticks } prints 1

#: And who waits until its clock shows 30 waits on, though the machine's shows a thousand. That is
#: what the "close" environment is for: without a time namespace of its own it reads the machine's
#: clock, on which that time has long gone by.
expect { cat /tmp/clock } matches /^0\./
sleep 20
expect { cat /tmp/clock } matches /^30\.0/
expect { clock } matches /^10\d\d\./
expect { grep -c tick /tmp/ticks } prints 3

# Shows C4, N12.
