package code
