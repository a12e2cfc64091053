#: # Shares among siblings
#:
#: ResGroups divide what there is into shares. Each container has of its parent's what `max_shares`
#: says at most, and what `min_shares` says in any case: nobody else can take that away.
mkdir /containers
mount -t container -o numtasks none /containers
echo 20 > /containers/numtasks.total
mkdir /containers/gold /containers/bronze
echo min_shares=50 > /containers/gold/numtasks.shares
echo max_shares=20 > /containers/bronze/numtasks.shares
expect { cat /containers/bronze/numtasks.shares } matches /^min_shares=dont_care,max_shares=20,/
expect { grep limit /containers/bronze/numtasks.stats } prints "limit 4"
expect { grep guarantee /containers/gold/numtasks.stats } prints "guarantee 10"

#: ## The limit
#:
#: Bronze has a fifth. A fork too many is told EAGAIN; who is moved in is not asked.
spawn b
echo $! > /containers/bronze/tasks
b { spawn b2; spawn b3; spawn b4 }
expect { b spawn b5 } fails EAGAIN
expect { grep failures /containers/bronze/numtasks.stats } prints "failures 1"

#: ## The guarantee
#:
#: The root has 20 to give away. Ten are kept for gold, which has none yet: so the others share ten.
for i in 1 2 3 4 5 { spawn x$i }
expect { spawn x6 } fails EAGAIN
kill $!
wait x5 || true
spawn g
echo $! > /containers/gold/tasks
g spawn g2

#: ## No restart
#:
#: Nobody has to be started anew: shares are of now. A guarantee that does not fit is refused.
expect { echo min_shares=60 > /containers/bronze/numtasks.shares } fails EINVAL
echo min_shares=10,max_shares=30 > /containers/bronze/numtasks.shares
b spawn b5
expect { grep limit /containers/bronze/numtasks.stats } prints "limit 6"
mkdir /containers/bronze/cgi
echo max_shares=50 > /containers/bronze/cgi/numtasks.shares
expect { grep limit /containers/bronze/cgi/numtasks.stats } prints "limit 3"

# Shows G9.
