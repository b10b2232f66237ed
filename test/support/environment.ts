/** Before each file of tests: the words that a user's or a CI's environment adds to the output are not there. */
for (const name of ["FORCE_COLOR", "NO_COLOR", "CI"]) Reflect.deleteProperty(process.env, name);
