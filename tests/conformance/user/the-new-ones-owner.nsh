# user_namespaces(7): CLONE_NEWUSER comes first, and owns what is made with it; NS_GET_USERNS tells
spawn w
w setuid 1000
expect { w unshare --uts } fails EPERM
expect { w spawn --uts x } fails EPERM
w unshare --user --uts
w hostname inside
expect { w hostname } prints "inside"
expect $(hostname) != inside
expect $(lsns -n -p 2 -t uts -o ons) == $(lsns -n -p 2 -t user -o ns)
expect $(lsns -n -p 2 -t user -o ons) == $(lsns -n -p 1 -t user -o ns)
