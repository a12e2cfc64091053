# sock_alloc_send_pskb(): what a stream's message has beyond a head of its own fills whole pages
x=$(yes x | tr -d '\n' | head -c 4000)
socketpair stream
fcntl 3 F_SETFL O_NONBLOCK
c=0
while send 3 $x { c=$((c + 1)) }
expect $c == 44
