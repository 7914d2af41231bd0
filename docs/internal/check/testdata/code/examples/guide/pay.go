package guide

func Pay() error {
	if err := send(); err != nil {
		return err
	}

	return nil
}
