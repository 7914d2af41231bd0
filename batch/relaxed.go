package batch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A store that does not wait for the disk has a note in its directory, on disk before anything
// is written: the system that it was opened on. What a process wrote survives its own end, but not that of the
// system; what the store says of itself may be as lost as all else. The note goes when all is on disk.
const relaxedNote = "RELAXED"

// remember reads the note, and leaves one if the store is relaxed.
func (s *Store) remember(dir string) error {
	s.unsynced = filepath.Join(dir, relaxedNote)
	found, err := os.ReadFile(s.unsynced)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if s.relaxed {
			return s.writeNote()
		}
		return nil
	case err != nil:
		return err
	}
	now := boot()
	s.forgot = now == "" || now != string(found)
	return nil
}

// remembered is called once the mark says what was forgotten.
func (s *Store) remembered() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgot = false
	if s.unsynced != "" && s.relaxed {
		return s.writeNote()
	}
	return s.toDisk()
}

// toDisk brings all to the disk, and takes the note away, if it was heeded.
func (s *Store) toDisk() error {
	if s.unsynced == "" || s.forgot {
		return nil
	}
	if _, err := os.Stat(s.unsynced); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	dir := filepath.Dir(s.unsynced)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // the server has removed it meanwhile
			return nil
		case err == nil && (entry.Type().IsRegular() || entry.IsDir()):
			return syncFile(path, entry.IsDir())
		}
		return err
	})
	return errors.Join(err, s.removeNote(err == nil))
}

func (s *Store) removeNote(settled bool) error {
	if !settled {
		return nil
	}
	if err := os.Remove(s.unsynced); err != nil {
		return err
	}
	return syncFile(filepath.Dir(s.unsynced), true)
}

func (s *Store) writeNote() error {
	if err := os.WriteFile(s.unsynced, []byte(boot()), 0o600); err != nil {
		return err
	}
	return errors.Join(syncFile(s.unsynced, false), syncFile(filepath.Dir(s.unsynced), true))
}

// syncFile waits until a file or a directory is on disk.
func syncFile(path string, dir bool) error {
	mode := os.O_RDWR
	if dir {
		if mode = os.O_RDONLY; runtime.GOOS == "windows" { // which keeps directories itself
			return nil
		}
	}
	file, err := os.OpenFile(path, mode, 0) //nolint:gosec // the store of the caller
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// boot names the system since it was started. It is empty where that is not known.
func boot() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}

func (s *Store) hasForgotten() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forgot
}
