package main

// unseen says of each fault that the properties do not find why that is so.
var unseen = map[string]string{}
