// Command bareload does what no generator with types can do without: it loads the package in the current
// directory and formats as much source as a generator wrote. cachegen's time is compared with its.
//
//	bareload FILE
package main

import (
	"go/format"
	"log"
	"os"

	"golang.org/x/tools/go/packages"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("bareload: usage: bareload FILE")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal("bareload: ", err)
	}
}

func run(output string) error {
	// LoadSyntax takes dependencies from export data: it is the cheapest mode that has types.
	if _, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax}, "."); err != nil {
		return err
	}
	source, err := os.ReadFile(output)
	if err != nil {
		return err
	}
	_, err = format.Source(source)
	return err
}
