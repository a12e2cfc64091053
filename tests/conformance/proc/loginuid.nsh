# proc(5), pam_loginuid(8): written once by who logs in, inherited, and told in the reader's uids
expect { cat /proc/self/loginuid /proc/self/sessionid } matches /^42949672954294967295$/
spawn login; as login { echo 1000 > /proc/self/loginuid; spawn shell; spawn --user inside }
expect { cat /proc/2/loginuid; cat /proc/3/loginuid } matches /^10001000$/
expect { cat /proc/1/loginuid } prints 4294967295
expect $(cat /proc/2/sessionid) == $(cat /proc/3/sessionid)
expect { as shell { echo 5 > /proc/2/loginuid } } fails EPERM
expect { as shell { echo x > /proc/self/loginuid } } fails EINVAL
expect { as shell { echo 4294967296 > /proc/self/loginuid } } fails ERANGE
expect { as inside cat /proc/3/loginuid } prints 4294967295
expect { as inside { echo 5 > /proc/self/loginuid } } fails EINVAL
as shell { echo 1001 > /proc/self/loginuid }
expect { cat /proc/2/loginuid; cat /proc/3/loginuid } matches /^10001001$/
expect $(cat /proc/3/sessionid) == $(($(cat /proc/2/sessionid) + 1))
as shell { echo 4294967295 > /proc/self/loginuid; setuid 7; prctl dumpable 1 }
expect { cat /proc/3/sessionid } prints 4294967295
as shell { echo 7 > /proc/self/loginuid }
expect { as shell { echo 8 > /proc/self/loginuid } } fails EPERM
expect { cat /proc/3/loginuid } matches /^7$/
