package media

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Save writes a file whole or not at all: beside its place, under a name of its own,
// and into its place once write has succeeded and all is on the disk. What was there
// before stays until then. The file is for its owner alone (0600).
func Save(path string, write func(w io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	defer func() { // after a panic, too; both are done already where all went well
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
