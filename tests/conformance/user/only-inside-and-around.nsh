# user_namespaces(7): a map is written by who is inside, or in the namespace around it
spawn --user w
echo '0 0 100' > /proc/2/uid_map; echo '0 0 100' > /proc/2/gid_map
w spawn --user x
expect { echo '0 0 1' > /proc/3/uid_map } fails EPERM
expect { as w echo '0 200 1' > /proc/3/uid_map } fails EPERM
as w echo '5 50 10' > /proc/3/uid_map
expect { cat /proc/3/uid_map } matches /^ +5 +50 +10$/
expect { as x cat /proc/self/uid_map } matches /^ +5 +50 +10$/
expect { as x cat /proc/2/uid_map } matches /^ +0 +4294967295 +100$/
expect { as x cat /proc/1/uid_map } matches /^ +0 +4294967295 +4294967295$/
expect { echo 0 0 1 > /proc/self/uid_map } fails EPERM
