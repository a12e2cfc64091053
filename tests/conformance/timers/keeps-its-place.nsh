# posixtimer_send_sigqueue(): a timer's signal that is queued keeps its place if it goes off again
trap RTMIN { echo $SI_VALUE }
sigprocmask -b RTMIN
timer create -c monotonic -s RTMIN -v 42
timer create -c monotonic -s RTMIN -v 7
timer settime --absolute 0 0.000000001
timer settime --absolute 1 0.000000001
timer settime --absolute 0 0.000000001
expect { sigprocmask -u RTMIN } matches /^42\n7$/
