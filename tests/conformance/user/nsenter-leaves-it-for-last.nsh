# nsenter(1): the user namespace is entered last, unless only it gives the right to enter others
spawn w
w { unshare -r }
expect { nsenter -t w -U -u id -u } prints "0"
expect { nsenter -t w -U -u -n hostname x } fails
spawn o
o { unshare -r -u; hostname inner }
expect { nsenter -t o -U -u hostname } prints "inner"
expect { setpriv --bounding-set -all nsenter -t o -U -u --preserve hostname } prints "inner"
expect { setpriv --bounding-set -all nsenter -t o -u hostname } fails
expect { setpriv --bounding-set -all nsenter -t o -U -u hostname } fails
