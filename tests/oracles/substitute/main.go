// What Flux makes of objects with variables: its own SubstituteVariables, for tests that compare fleetc with it.
//
// In: a JSON object a line, {"object": …, "variables": {…}}. Out: a line for each, {"object": …} or {"error": "…"};
// {"object": null} where Flux leaves the object alone.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"

	"github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/provider"
)

type question struct {
	Object    json.RawMessage   `json:"object"`
	Variables map[string]string `json:"variables"`
}

type answer struct {
	Object json.RawMessage `json:"object"`
	Error  string          `json:"error,omitempty"`
}

func main() {
	factory := provider.NewDefaultDepProvider().GetResourceFactory()
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return
		}
		var asked question
		if err := json.Unmarshal(line, &asked); err != nil {
			panic(err)
		}
		told := substituted(asked, func(bytes []byte) ([]byte, error) {
			resource, err := factory.FromBytes(bytes)
			if err != nil {
				return nil, err
			}
			variables := map[string]any{}
			for name, value := range asked.Variables {
				variables[name] = value
			}
			owner := unstructured.Unstructured{Object: map[string]any{
				"spec": map[string]any{"postBuild": map[string]any{"substitute": variables}},
			}}
			made, err := kustomize.SubstituteVariables(context.Background(), nil, owner, resource,
				kustomize.SubstituteWithDryRun(true), kustomize.SubstituteWithStrict(true))
			if err != nil || made == nil {
				return nil, err
			}
			return made.MarshalJSON()
		})
		if err := out.Encode(told); err != nil {
			panic(err)
		}
	}
}

func substituted(asked question, run func([]byte) ([]byte, error)) answer {
	made, err := run(asked.Object)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Object: made}
}
