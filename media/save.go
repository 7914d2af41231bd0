package media

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Save writes a file completely or not at all. It writes to a temporary file in the same
// folder, syncs it to the disk and renames it to path. Until then an existing file at path
// stays unchanged. Only the owner may read the file (mode 0600).
func Save(path string, write func(w io.Writer) error) error {
	if write == nil {
		return errors.New("media: Save: the function is nil")
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	defer func() { // for errors and panics; after a success both do nothing
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	buffered := bufio.NewWriterSize(file, 64<<10)
	err = write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("media: saving %s: %w", path, err)
	}
	return nil
}
