package main

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// A machine is what the figures are of.
type machine struct {
	cpu   string
	cores int
	ifma  bool // AVX-512 IFMA, by which OpenSSL signs in half the time
	os    string
	load  string // of the last minute, before the run; "" where it is not known
	date  time.Time
}

func thisMachine() machine {
	m := machine{cpu: runtime.GOARCH, cores: runtime.NumCPU(), os: runtime.GOOS + "/" + runtime.GOARCH, date: time.Now()}
	info, _ := os.ReadFile("/proc/cpuinfo") // none but Linux has it
	if model := field(string(info), "model name"); model != "" {
		m.cpu = model
	} else if out, err := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output(); err == nil { //nolint:noctx // it answers at once
		m.cpu = strings.TrimSpace(string(out))
	}
	for flag := range strings.FieldsSeq(field(string(info), "flags")) {
		m.ifma = m.ifma || flag == "avx512ifma"
	}
	load, _ := os.ReadFile("/proc/loadavg")
	m.load, _, _ = strings.Cut(string(load), " ")
	return m
}

// field returns the first value of a name in /proc/cpuinfo.
func field(info, name string) string {
	for line := range strings.Lines(info) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
