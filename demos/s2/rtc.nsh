#: # The hardware clock: an isolation problem
#:
#: The white list of what a container may have names `/dev/rtc`. There is one such clock in the
#: machine, and whoever may set it, sets it for all.
profile all
policy rtc shared
spawn --time --dev --mount web
expect { as web devlist } matches /^rtc$/
hwclock
as web hwclock --set --date @86400
#: The machine believes web.
hwclock
expect { hwclock } matches /^1970-01-02 00:00/
hwclock --systohc

#: ## With a clock for each time namespace
policy rtc isolated
as web hwclock --set --date @86400
as web hwclock
expect { as web hwclock } matches /^1970-01-02 00:00/
expect { hwclock } matches /^2008-01-01 00:00/

#: A second container has the machine's, until it sets its own.
spawn --time db
expect { as db hwclock } matches /^2008-01-01/

#: What is still shared is the system's own time: no namespace shifts the wall clock.
expect $(as web date +%F) == $(date +%F)

#: One process at a time may have the clock open, in whatever namespace.
exec 5< /dev/rtc
expect { as web hwclock } fails EBUSY

# Shows N12, N7.
