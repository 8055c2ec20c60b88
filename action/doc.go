// Package action is the GitHub action beside the suite: action.yml in the root of the repository says what it is given, and check.sh
// here is what it does. What may not enter: anything that plumbline itself could say to every CI system.
package action
