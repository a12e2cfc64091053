# fork(2): the memory of parent and child is two from then on: neither sees what the other writes
value=before
if fork {
  value=changed
  expect $value == changed
  exit
} else {
  wait
  expect $value == before
}
