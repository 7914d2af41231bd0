package profile

// Parse is for fuzzing.
var Parse = parse
