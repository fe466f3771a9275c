"""Sound as numbers, in numpy alone: files, spectra, mel spectra, pitch and Griffin-Lim."""
