//go:build generated

package github

import (
	"testing"

	"github.com/cachegen/cachegen/testdata/types/matrix"
)

func TestTypes(t *testing.T) {
	matrix.Run(t,
		matrix.Of(NewRepositoryCache),
		matrix.Of(NewRepositoriesCache),
		matrix.Of(NewPullRequestCache),
		matrix.Of(NewIssueCache),
		matrix.Of(NewUserCache),
		matrix.Of(NewCommitCache),
		matrix.Of(NewEventCache),
		matrix.Of(NewReleaseCache),
		matrix.Of(NewWorkflowRunCache),
		matrix.Of(NewPushEventCache),
		matrix.Of(NewRepositoryContentCache),
		matrix.Of(NewTreeCache),
		matrix.Of(NewRateLimitsCache),
		matrix.Of(NewCodeSearchResultCache),
		matrix.Of(NewCheckRunCache),
		matrix.Of(NewRulesetCache),
	)
}
