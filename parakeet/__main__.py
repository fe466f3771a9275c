"""``python -m parakeet``."""

from parakeet.cli import main

if __name__ == "__main__":
    main()
